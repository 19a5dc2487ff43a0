# remedy: cmd-security-layer
# for: security-layer-mismatch
# where: server
# system: windows
# order: 15
# risk: low
# title: set the listener's security back, without PowerShell
# why: The same as rdp-security-layer, as plain lines for the Serial Console: SecurityLayer 2, UserAuthentication 1,
#    MinEncryptionLevel 3.
# when: the server answers TLS with failure 2, or look shows SecurityLayer 0x0
# needs: an elevated command prompt, or cmd in the Serial Console
# saves: key.reg and a note of what did not exist, in the Windows folder, rdpwhy\cmd-security-layer
# reverts: undo imports the saved key and removes what did not exist
# restarts: nothing; new connections use the new values
# source: ms-internal ms-listener-security
#: look
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel
if defined rdpwhy_go set "rdpwhy_result=ok: looked; nothing was changed"
#: apply
if exist "%rdpwhy_state%\saved.txt" if defined rdpwhy_go set "rdpwhy_result=nothing-to-do: it was applied here; undo it before applying it again"
if exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go if not exist "%rdpwhy_state%" md "%rdpwhy_state%"
if defined rdpwhy_go reg export "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" "%rdpwhy_state%\key.reg" /y >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\SecurityLayer.absent" if defined rdpwhy_go del "%rdpwhy_state%\SecurityLayer.absent"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer >nul 2>nul || echo absent >"%rdpwhy_state%\SecurityLayer.absent"
if exist "%rdpwhy_state%\UserAuthentication.absent" if defined rdpwhy_go del "%rdpwhy_state%\UserAuthentication.absent"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication >nul 2>nul || echo absent >"%rdpwhy_state%\UserAuthentication.absent"
if exist "%rdpwhy_state%\MinEncryptionLevel.absent" if defined rdpwhy_go del "%rdpwhy_state%\MinEncryptionLevel.absent"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel >nul 2>nul || echo absent >"%rdpwhy_state%\MinEncryptionLevel.absent"
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer /t REG_DWORD /d 2 /f >nul || set "rdpwhy_go="
if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication /t REG_DWORD /d 1 /f >nul || set "rdpwhy_go="
if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel /t REG_DWORD /d 3 /f >nul || set "rdpwhy_go="
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg import "%rdpwhy_state%\key.reg" >nul 2>nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\SecurityLayer.absent" if defined rdpwhy_go reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer /f >nul
if exist "%rdpwhy_state%\UserAuthentication.absent" if defined rdpwhy_go reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication /f >nul
if exist "%rdpwhy_state%\MinEncryptionLevel.absent" if defined rdpwhy_go reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel /f >nul
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: the values are as they were"
#: verify
set "rdpwhy_right=1"
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer 2>nul | find "0x2" >nul || set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication 2>nul | find "0x1" >nul || set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel 2>nul | find "0x3" >nul || set "rdpwhy_right="
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: TLS, NLA and encryption are on in the listener"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the values are not as they should be"
