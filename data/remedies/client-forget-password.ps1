# remedy: client-forget-password
# for: saved-credential-stale bad-password account-locked
# where: client
# system: windows
# order: 10
# asks: host | host | - | the server's name, as it is typed in mstsc
# risk: none
# title: forget the password saved for one server
# why: The client keeps sending a saved password that is no longer right, and may lock the account that way.
# when: the password was changed, and cmdkey lists TERMSRV/ with the server's name
# needs: a PowerShell on the client, as the user who connects; no administrator
# saves: nothing, because a saved password cannot be read out
# reverts: nothing to put back, because the password is typed anew at the next connection
# restarts: nothing
# source: ms-cmdkey
#: setup
# The whole list: its end status for one name that is not there is not documented. The name ends the line.
function Test-Saved { @(Invoke-Tool cmdkey.exe @('/list') | Where-Object { $_.Trim().EndsWith("target=TERMSRV/$ask_host", 'OrdinalIgnoreCase') }).Count -gt 0 }
#: look
if (-not (Test-Saved)) { Stop-Run nothing-to-do 'no password is saved for this name' }
Complete-Run ok 'the saved password would be forgotten'
#: apply
if (-not (Test-Saved)) { Stop-Run nothing-to-do 'no password is saved for this name' }
Invoke-Tool cmdkey.exe @("/delete:TERMSRV/$ask_host") | Out-Null
Complete-Run ok 'the saved password is forgotten; type it anew'
#: verify
if (Test-Saved) { Stop-Run failed 'a password is still saved (by a policy or another program?)' }
Complete-Run ok 'no password is saved for this name'
