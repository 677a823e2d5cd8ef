import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduler', '0008_clocks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='job',
            name='jobs_due',
        ),
        # Dropping the index of a foreign key drops every index of that column alone: this one must come back.
        migrations.RemoveConstraint(
            model_name='jobexecution',
            name='job_executions_one_slot',
        ),
        migrations.AlterField(
            model_name='jobexecution',
            name='job',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='executions', to='scheduler.job', verbose_name='job'),
        ),
        migrations.AddConstraint(
            model_name='jobexecution',
            constraint=models.UniqueConstraint(condition=models.Q(('holds_slot', True)), fields=('job',), name='job_executions_one_slot'),
        ),
        migrations.AlterField(
            model_name='jobexecution',
            name='requested_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('is_enabled', True)), fields=['next_run_at', 'id'], name='jobs_due'),
        ),
        migrations.AddIndex(
            model_name='jobexecution',
            index=models.Index(condition=models.Q(('holds_slot', False), ('status', 'queued'), ('trigger', 'schedule')), fields=['job'], name='job_executions_backlog'),
        ),
        migrations.AddIndex(
            model_name='jobexecution',
            index=models.Index(condition=models.Q(('requested_by__isnull', False)), fields=['requested_by'], name='job_executions_requested'),
        ),
    ]
