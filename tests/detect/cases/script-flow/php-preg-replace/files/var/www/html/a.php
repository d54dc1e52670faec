<?php preg_replace('/.*/e', base64_decode('ZWNobyAndGhpcyBzdGFuZHMgZm9yIGNvZGUgdGhhdCBub2JvZHkgaXMgbWVhbnQgdG8gcmVhZCAnIC4gZ2V0bXlwaWQoKTs='), '');
