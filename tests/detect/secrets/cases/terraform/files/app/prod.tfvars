region = "eu"
db_password = "{w20}"
api_token = var.token
