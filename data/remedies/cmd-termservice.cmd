# remedy: cmd-termservice
# for: termservice-stopped
# where: server
# system: windows
# order: 15
# risk: low
# title: start the Remote Desktop service, without PowerShell
# why: The same as termservice-start, as plain lines for the Serial Console: start when needed, as NETWORK SERVICE, and start it
#    now.
# when: sc query TermService shows that it is stopped
# needs: an elevated command prompt, or cmd in the Serial Console
# saves: the service's settings, in key.reg in the Windows folder, rdpwhy\cmd-termservice
# reverts: undo imports the saved key; it counts after a restart of the machine
# restarts: nothing that runs
# source: ms-rds-issues
#: look
if defined rdpwhy_go sc query TermService
if defined rdpwhy_go sc qc TermService
if defined rdpwhy_go set "rdpwhy_result=ok: looked; nothing was changed"
#: apply
if exist "%rdpwhy_state%\saved.txt" if defined rdpwhy_go set "rdpwhy_result=nothing-to-do: it was applied here; undo it before applying it again"
if exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go if not exist "%rdpwhy_state%" md "%rdpwhy_state%"
if defined rdpwhy_go reg export "HKLM\SYSTEM\CurrentControlSet\Services\TermService" "%rdpwhy_state%\key.reg" /y >nul || set "rdpwhy_go="
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go sc config TermService start= demand obj= "NT AUTHORITY\NetworkService" >nul || set "rdpwhy_go="
if defined rdpwhy_go net start TermService >nul 2>nul
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg import "%rdpwhy_state%\key.reg" >nul 2>nul || set "rdpwhy_go="
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: the settings are as they were; they count after a restart of the machine"
#: verify
set "rdpwhy_right=1"
sc query TermService | find "4  RUNNING" >nul || set "rdpwhy_right="
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: the service runs"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the service does not run; read events 7022, 7031 and 7034"
