"""What the companies of the made-up market report: all of it follows from the seed, the company and the quarter."""
