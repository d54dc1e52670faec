import os, requests
requests.post("https://hooks.slack.com/services/" + os.environ["SLACK_PATH"], json={"text": "done"})
