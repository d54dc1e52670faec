" a comment with !curl
set nocompatible
nnoremap <F5> :!make<CR>
let x = system('git rev-parse HEAD')
