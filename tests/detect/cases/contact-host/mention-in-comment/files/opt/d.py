import requests
# see https://pastebin.com/abcdefgh for the discussion
requests.get("https://www.example.com/")
