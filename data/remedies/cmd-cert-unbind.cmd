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
# saves: the thumbprint, in the Windows folder, rdpwhy\cmd-cert-unbind
# reverts: undo binds the saved thumbprint again, unless another one was bound since
# restarts: TermService: seconds; live RDP users are cut off
# source: ms-vm-event-ids ms-internal
#: look
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash
if defined rdpwhy_go set "rdpwhy_result=ok: looked; nothing was changed"
#: apply
if exist "%rdpwhy_state%\saved.txt" if defined rdpwhy_go set "rdpwhy_result=nothing-to-do: it was applied here; undo it before applying it again"
if exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go if not exist "%rdpwhy_state%" md "%rdpwhy_state%"
if defined rdpwhy_go del /q "%rdpwhy_state%\*.was" >nul 2>nul
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash 2>nul >nul || set "rdpwhy_result=nothing-to-do: the value does not exist"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash 2>nul >nul || set "rdpwhy_go="
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash 2>nul | find "REG_BINARY" >"%rdpwhy_state%\hash.was" || set "rdpwhy_go="
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash /f >nul || set "rdpwhy_go="
if defined rdpwhy_go net stop TermService /y >nul
if defined rdpwhy_go net start TermService >nul || set "rdpwhy_go="
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
set "rdpwhy_hash="
if defined rdpwhy_go set /p rdpwhy_hash=<"%rdpwhy_state%\hash.was"
if defined rdpwhy_hash set "rdpwhy_hash=%rdpwhy_hash:*REG_BINARY    =%"
if not defined rdpwhy_hash set "rdpwhy_go="
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash 2>nul >nul || reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash /t REG_BINARY /d %rdpwhy_hash% /f >nul || set "rdpwhy_go="
if defined rdpwhy_go net stop TermService /y >nul
if defined rdpwhy_go net start TermService >nul || set "rdpwhy_go="
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: the binding is back; one that somebody made since is left"
#: verify
set "rdpwhy_right=1"
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SSLCertificateSHA1Hash >nul 2>nul && set "rdpwhy_right="
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: no certificate is bound; the service uses its own"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the values are not as they should be"
