import os
PASSWORD = os.environ['DB_PASSWORD']
db_password = get_secret('db')
URL = 'postgresql://postgres:postgres@localhost/app'
OTHER = 'postgres://user:password@host:5432/db'
