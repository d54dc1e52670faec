import requests
requests.get("https://notpastebin.com.example.com/x")
requests.get("https://bit.lyric.example.com/x")
