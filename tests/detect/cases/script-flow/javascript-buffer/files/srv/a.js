const data = 'Y29uc29sZS5sb2coJ3RoaXMgc3RhbmRzIGZvciBjb2RlIHRoYXQgbm9ib2R5IGlzIG1lYW50IHRvIHJlYWQnLCBwcm9jZXNzLnBpZCk7';
new Function(Buffer.from(data, 'base64').toString('utf8'))();
