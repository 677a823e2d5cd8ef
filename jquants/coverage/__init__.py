"""What is here of each data set, what should be, and the record of each fetch."""
