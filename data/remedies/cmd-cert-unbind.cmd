# remedy: cmd-cert-unbind
# for: cert-binding-wrong rdp-key-unreadable
# where: server
# system: windows
# order: 16
# risk: outage
# title: take the bound certificate off the listener, without PowerShell
# why: The same as rdp-cert-unbind, as plain lines for the Serial Console. Not on a Connection Broker.
# when: look shows SSLCertificateSHA1Hash, and the certificate it names is gone or has no key
# needs: an elevated command prompt, or cmd in the Serial Console
# saves: key.reg and a note of what did not exist, in the Windows folder, rdpwhy\cmd-cert-unbind
# reverts: undo imports the saved key
# restarts: TermService: seconds; live RDP users are cut off
# source: ms-vm-event-ids ms-internal
#: look
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash
if defined rdpwhy_go set "rdpwhy_result=ok: looked; nothing was changed"
#: apply
if exist "%rdpwhy_state%\saved.txt" if defined rdpwhy_go set "rdpwhy_result=nothing-to-do: it was applied here; undo it before applying it again"
if exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go if not exist "%rdpwhy_state%" md "%rdpwhy_state%"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash >nul 2>nul || set "rdpwhy_result=nothing-to-do: the value does not exist"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash >nul 2>nul || set "rdpwhy_go="
if defined rdpwhy_go reg export "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" "%rdpwhy_state%\key.reg" /y >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\SSLCertificateSHA1Hash.absent" if defined rdpwhy_go del "%rdpwhy_state%\SSLCertificateSHA1Hash.absent"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash >nul 2>nul || echo absent >"%rdpwhy_state%\SSLCertificateSHA1Hash.absent"
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash /f >nul || set "rdpwhy_go="
if defined rdpwhy_go net stop TermService /y >nul
if defined rdpwhy_go net start TermService >nul || set "rdpwhy_go="
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg import "%rdpwhy_state%\key.reg" >nul 2>nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\SSLCertificateSHA1Hash.absent" if defined rdpwhy_go reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash /f >nul
if defined rdpwhy_go net stop TermService /y >nul
if defined rdpwhy_go net start TermService >nul || set "rdpwhy_go="
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: the values are as they were"
#: verify
set "rdpwhy_right=1"
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash >nul 2>nul && set "rdpwhy_right="
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: no certificate is bound; the service uses its own"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the values are not as they should be"
