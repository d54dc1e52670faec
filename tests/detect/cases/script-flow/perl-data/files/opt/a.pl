use MIME::Base64;
my $all = join('', <DATA>);
eval(decode_base64($all));
__DATA__
cHJpbnQgJ3RoaXMgc3RhbmRzIGZvciBjb2RlIHRoYXQgbm9ib2R5IGlzIG1lYW50IHRvIHJlYWQnOw==
