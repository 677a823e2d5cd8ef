# The tables of jquants.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('scheduler', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RateLimitPause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64, unique=True, verbose_name="key's fingerprint")),
                ('ends_at', models.DateTimeField(verbose_name='ends at')),
            ],
            options={
                'verbose_name': 'rate limit pause',
                'verbose_name_plural': 'rate limit pauses',
                'db_table': 'jquants_rate_limit_pauses',
            },
        ),
        migrations.CreateModel(
            name='DailyQuote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='“Code” of the API; 5 characters.', max_length=5, verbose_name='code')),
                ('date', models.DateField(help_text='“Date” of the API.', verbose_name='date')),
                ('open', models.DecimalField(decimal_places=4, help_text='“O” of the API; yen, raw.', max_digits=20, null=True, verbose_name='open')),
                ('high', models.DecimalField(decimal_places=4, help_text='“H” of the API; yen, raw.', max_digits=20, null=True, verbose_name='high')),
                ('low', models.DecimalField(decimal_places=4, help_text='“L” of the API; yen, raw.', max_digits=20, null=True, verbose_name='low')),
                ('close', models.DecimalField(decimal_places=4, help_text='“C” of the API; yen, raw.', max_digits=20, null=True, verbose_name='close')),
                ('upper_limit', models.BooleanField(help_text='“UL” of the API.', verbose_name='limit up')),
                ('lower_limit', models.BooleanField(help_text='“LL” of the API.', verbose_name='limit down')),
                ('volume', models.BigIntegerField(help_text='“Vo” of the API; shares, raw.', null=True, verbose_name='volume')),
                ('turnover_value', models.DecimalField(decimal_places=4, help_text='“Va” of the API; yen.', max_digits=20, null=True, verbose_name='turnover')),
                ('adjustment_factor', models.FloatField(help_text='“AdjFactor” of the API; not 1 on an ex-date only.', verbose_name='adjustment factor')),
                ('market_cap', models.DecimalField(decimal_places=4, help_text='“MktCap” of the API; million yen, with treasury shares.', max_digits=20, null=True, verbose_name='market capitalization')),
                ('ex_rights', models.CharField(choices=[('1', 'split'), ('2', 'reverse split'), ('3', 'rights issue')], help_text='“ExRT” of the API.', max_length=1, null=True, verbose_name='ex-rights')),
            ],
            options={
                'verbose_name': 'daily quote',
                'verbose_name_plural': 'daily quotes',
                'db_table': 'daily_quotes',
                'ordering': ['-date', 'code'],
                'indexes': [models.Index(fields=['date'], name='daily_quotes_by_date'), models.Index(condition=models.Q(('adjustment_factor', 1), _negated=True), fields=['code', 'date'], name='daily_quotes_actions')],
                'constraints': [models.UniqueConstraint(fields=('code', 'date'), name='daily_quotes_code_date'), models.CheckConstraint(condition=models.Q(('adjustment_factor__gt', 0)), name='daily_quotes_factor_positive')],
            },
        ),
        migrations.CreateModel(
            name='DataSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('jquants', 'J-Quants'), ('standin', 'stand-in')], max_length=20, verbose_name='kind')),
                ('base_url', models.CharField(max_length=500, verbose_name='address')),
                ('first_used_at', models.DateTimeField(verbose_name='first used at')),
            ],
            options={
                'verbose_name': 'data source',
                'verbose_name_plural': 'data sources',
                'db_table': 'jquants_sources',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='jquants_sources_one_row'), models.CheckConstraint(condition=models.Q(('kind__in', ['jquants', 'standin'])), name='jquants_sources_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='ListedCompany',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_name', models.CharField(help_text='“CoName” of the API.', max_length=200, verbose_name='name')),
                ('company_name_english', models.CharField(blank=True, help_text='“CoNameEn” of the API.', max_length=200, verbose_name='English name')),
                ('sector_17_code', models.CharField(help_text='“S17” of the API.', max_length=2, verbose_name='TOPIX-17 sector code')),
                ('sector_17_name', models.CharField(help_text='“S17Nm” of the API.', max_length=50, verbose_name='TOPIX-17 sector')),
                ('sector_33_code', models.CharField(help_text='“S33” of the API.', max_length=4, verbose_name='TSE-33 sector code')),
                ('sector_33_name', models.CharField(help_text='“S33Nm” of the API.', max_length=50, verbose_name='TSE-33 sector')),
                ('scale_category', models.CharField(help_text='“ScaleCat” of the API; “-” means none.', max_length=30, verbose_name='scale category')),
                ('market_code', models.CharField(help_text='“Mkt” of the API.', max_length=4, verbose_name='market code')),
                ('market_name', models.CharField(help_text='“MktNm” of the API.', max_length=50, verbose_name='market')),
                ('margin_code', models.CharField(blank=True, help_text='“Mrgn” of the API.', max_length=1, null=True, verbose_name='margin code')),
                ('margin_name', models.CharField(blank=True, help_text='“MrgnNm” of the API.', max_length=20, null=True, verbose_name='margin trading')),
                ('product_category', models.CharField(choices=[('011', 'domestic stock'), ('012', 'preferred equity contribution'), ('013', 'REIT'), ('014', 'ETF'), ('021', 'foreign stock'), ('022', 'foreign REIT'), ('023', 'foreign ETF'), ('024', 'foreign depositary receipt')], help_text='“ProdCat” of the API.', max_length=3, verbose_name='product category')),
                ('code', models.CharField(help_text='“Code” of the API; 5 characters.', max_length=5, unique=True, verbose_name='code')),
                ('first_seen_on', models.DateField(verbose_name='first seen on')),
                ('last_seen_on', models.DateField(verbose_name='last seen on')),
                ('is_listed', models.BooleanField(default=True, help_text='Whether the newest snapshot contains the issue.', verbose_name='listed')),
            ],
            options={
                'verbose_name': 'listed company',
                'verbose_name_plural': 'listed companies',
                'db_table': 'listed_companies',
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('first_seen_on__lte', models.F('last_seen_on'))), name='listed_companies_seen_in_order')],
            },
        ),
        migrations.CreateModel(
            name='ListedCompanyHistory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company_name', models.CharField(help_text='“CoName” of the API.', max_length=200, verbose_name='name')),
                ('company_name_english', models.CharField(blank=True, help_text='“CoNameEn” of the API.', max_length=200, verbose_name='English name')),
                ('sector_17_code', models.CharField(help_text='“S17” of the API.', max_length=2, verbose_name='TOPIX-17 sector code')),
                ('sector_17_name', models.CharField(help_text='“S17Nm” of the API.', max_length=50, verbose_name='TOPIX-17 sector')),
                ('sector_33_code', models.CharField(help_text='“S33” of the API.', max_length=4, verbose_name='TSE-33 sector code')),
                ('sector_33_name', models.CharField(help_text='“S33Nm” of the API.', max_length=50, verbose_name='TSE-33 sector')),
                ('scale_category', models.CharField(help_text='“ScaleCat” of the API; “-” means none.', max_length=30, verbose_name='scale category')),
                ('market_code', models.CharField(help_text='“Mkt” of the API.', max_length=4, verbose_name='market code')),
                ('market_name', models.CharField(help_text='“MktNm” of the API.', max_length=50, verbose_name='market')),
                ('margin_code', models.CharField(blank=True, help_text='“Mrgn” of the API.', max_length=1, null=True, verbose_name='margin code')),
                ('margin_name', models.CharField(blank=True, help_text='“MrgnNm” of the API.', max_length=20, null=True, verbose_name='margin trading')),
                ('product_category', models.CharField(choices=[('011', 'domestic stock'), ('012', 'preferred equity contribution'), ('013', 'REIT'), ('014', 'ETF'), ('021', 'foreign stock'), ('022', 'foreign REIT'), ('023', 'foreign ETF'), ('024', 'foreign depositary receipt')], help_text='“ProdCat” of the API.', max_length=3, verbose_name='product category')),
                ('code', models.CharField(max_length=5, verbose_name='code')),
                ('effective_on', models.DateField(verbose_name='effective on')),
            ],
            options={
                'verbose_name': 'change of a listed company',
                'verbose_name_plural': 'changes of listed companies',
                'db_table': 'listed_company_history',
                'ordering': ['code', '-effective_on'],
                'constraints': [models.UniqueConstraint(fields=('code', 'effective_on'), name='listed_company_history_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='RateLimitSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(max_length=64, verbose_name="key's fingerprint")),
                ('bucket', models.CharField(max_length=20, verbose_name='bucket')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('free_at', models.DateTimeField(verbose_name='free at')),
            ],
            options={
                'verbose_name': 'rate limit slot',
                'verbose_name_plural': 'rate limit slots',
                'db_table': 'jquants_rate_limit_slots',
                'indexes': [models.Index(fields=['fingerprint', 'bucket', 'free_at'], name='jquants_rate_limit_slots_free')],
                'constraints': [models.UniqueConstraint(fields=('fingerprint', 'bucket', 'number'), name='jquants_rate_limit_slots_number')],
            },
        ),
        migrations.CreateModel(
            name='TradingDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(help_text='“Date” of the API.', unique=True, verbose_name='date')),
                ('holiday_division', models.CharField(choices=[('0', 'closed'), ('1', 'open'), ('2', 'half day'), ('3', 'closed; derivatives are traded')], help_text='“HolDiv” of the API.', max_length=1, verbose_name='kind of day')),
            ],
            options={
                'verbose_name': 'day of the trading calendar',
                'verbose_name_plural': 'trading calendar',
                'db_table': 'trading_calendar',
                'ordering': ['-date'],
                'constraints': [models.CheckConstraint(condition=models.Q(('holiday_division__in', ['0', '1', '2', '3'])), name='trading_calendar_division_known')],
            },
        ),
        migrations.CreateModel(
            name='Coverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dataset', models.CharField(max_length=50, verbose_name='data set')),
                ('day', models.DateField(blank=True, help_text='Empty where the whole data set is fetched at once.', null=True, verbose_name='day')),
                ('status', models.CharField(choices=[('fetched', 'fetched'), ('empty', 'no rows at J-Quants'), ('refused', 'outside the plan')], max_length=20, verbose_name='status')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('checksum', models.CharField(blank=True, help_text='SHA-256 of the decoded rows.', max_length=64, verbose_name='checksum')),
                ('fetched_at', models.DateTimeField(verbose_name='fetched at')),
                ('execution', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='scheduler.jobexecution', verbose_name='execution')),
            ],
            options={
                'verbose_name': 'coverage',
                'verbose_name_plural': 'coverage',
                'db_table': 'jquants_coverage',
                'ordering': ['dataset', '-day'],
                'constraints': [models.UniqueConstraint(fields=('dataset', 'day'), name='jquants_coverage_partition'), models.UniqueConstraint(condition=models.Q(('day', None)), fields=('dataset',), name='jquants_coverage_whole_dataset'), models.CheckConstraint(condition=models.Q(('status__in', ['fetched', 'empty', 'refused'])), name='jquants_coverage_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('rows__gt', 0), ('status', 'fetched')), models.Q(models.Q(('status', 'fetched'), _negated=True), ('rows', 0)), _connector='OR'), name='jquants_coverage_rows_match_status')],
            },
        ),
    ]
