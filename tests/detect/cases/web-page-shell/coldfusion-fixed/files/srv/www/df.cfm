<cfexecute name="/bin/df" arguments="-h" variable="o"></cfexecute>
<cfoutput>#o# #url.title#</cfoutput>
