from scheduler.admin import accounts, execution, job, process, switch

__all__ = ["accounts", "execution", "job", "process", "switch"]
