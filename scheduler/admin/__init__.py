from scheduler.admin import accounts, event, execution, job, process, switch

__all__ = ["accounts", "event", "execution", "job", "process", "switch"]
