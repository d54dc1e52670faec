eval "$(ssh-agent -s)"
eval $(dircolors -b)
eval "set -- $args"
