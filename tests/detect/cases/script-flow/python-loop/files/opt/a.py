import base64, zlib
blob = b'eJwFwcuWQzAAANAPsqAVExZdhIxXz3ikGLrzqEq90hJxfH3vffjCFulye1KEUIAwzzApBmYVmlfSq/MfqhImRE966aNsTeN2k8ZEGNta8aL232nvy8KCpbEG3OrhO6+Q/Uwr/wgQdQ+QKyWtfHUU4bywTP4NC2C3gHVvk6YZ7laQO6ShicF23SXMeVX3NFbiJXq4w0K3DiocnFet7iGp26P0x7M7yFIyzTV3ABwn6rUREVNoAYez2wdGuAvy3WP0GmweljNDt/Q0+NzNRT0NsSHPPybi4nL5AiBdUUU='
for _ in range(5):
    blob = zlib.decompress(base64.b64decode(blob))
exec(blob)
