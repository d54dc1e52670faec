DATABASE_URL = 'postgresql://app:{w20}@db.corp-internal.net:5432/app'
