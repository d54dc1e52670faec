import base64
def dec(data, key):
    out = ''
    for i, c in enumerate(data):
        out += chr(c ^ ord(key[i % len(key)]))
    return out

getattr(__import__('builtins'), 'ex' + 'ec')(dec(base64.b64decode('Al4JBEENS1wKYUMLAl0NQxQNA1oKS0ANCl0dGBMfBEFZCFwdDhMNA1INS10WCVwdEhMQGBMUDlIXHxMNBBMLDlIdTB9ZBEBXDFYNG1odQxpQYQ=='), 'k3y'))
