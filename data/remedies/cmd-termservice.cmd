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
# saves: start type and account of the service, in the Windows folder, rdpwhy\cmd-termservice
# reverts: undo sets the start type back; another account has to be set by hand, with its password; a service that runs goes on
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
if defined rdpwhy_go del /q "%rdpwhy_state%\*.was" >nul 2>nul
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Services\TermService" /v Start 2>nul | find "0x4" >nul && echo 4 >"%rdpwhy_state%\Start.4.was"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Services\TermService" /v ObjectName 2>nul | find /i "NetworkService" >nul || reg query "HKLM\SYSTEM\CurrentControlSet\Services\TermService" /v ObjectName >"%rdpwhy_state%\ObjectName.was"
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if exist "%rdpwhy_state%\Start.4.was" if defined rdpwhy_go sc config TermService start= demand >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\ObjectName.was" if defined rdpwhy_go sc config TermService obj= "NT AUTHORITY\NetworkService" >nul || set "rdpwhy_go="
if defined rdpwhy_go net start TermService >nul 2>nul
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if exist "%rdpwhy_state%\Start.4.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Services\TermService" /v Start 2>nul | find "0x3" >nul && sc config TermService start= disabled >nul
if exist "%rdpwhy_state%\ObjectName.was" if defined rdpwhy_go type "%rdpwhy_state%\ObjectName.was"
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: the start type is as it was; an account printed above has to be set by hand, with its password"
#: verify
set "rdpwhy_right=1"
sc query TermService | find "4  RUNNING" >nul || set "rdpwhy_right="
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: the service runs"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the service does not run; read events 7022, 7031 and 7034"
