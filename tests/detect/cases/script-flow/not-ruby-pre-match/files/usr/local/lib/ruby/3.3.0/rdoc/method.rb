def load(array)
  @full_name = array[1]
  params = request.params
  @parent_name ||= if @full_name =~ /#/ then
                     $`
                   else
                     name = params['name'].split('::')
                     name.pop
                     name.join '::'
                   end
  $` + "'"
end
