import base64, os
exec(base64.b64decode(os.environ['START_CODE']))
