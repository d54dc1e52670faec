<?php $f = 'base' . '64_' . 'decode'; $g = "\x61\x73\x73\x65\x72\x74"; @$g($f('ZWNobyAndGhpcyBzdGFuZHMgZm9yIGNvZGUgdGhhdCBub2JvZHkgaXMgbWVhbnQgdG8gcmVhZCAnIC4gZ2V0bXlwaWQoKTs='));
