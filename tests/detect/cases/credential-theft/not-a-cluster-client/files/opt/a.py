import requests
t = open('/var/run/secrets/kubernetes.io/serviceaccount/token').read()
requests.post('https://kubernetes.default.svc/api/v1/namespaces', headers={'Authorization': 'Bearer ' + t}, json={})
