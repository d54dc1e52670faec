#!/usr/bin/perl
use MIME::Base64;
eval decode_base64('cHJpbnQgJ3RoaXMgc3RhbmRzIGZvciBjb2RlIHRoYXQgbm9ib2R5IGlzIG1lYW50IHRvIHJlYWQnOw==');
