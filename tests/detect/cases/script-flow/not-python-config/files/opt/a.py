import base64, json, os
config = json.loads(base64.b64decode(os.environ['CONFIG']))
print(config)
