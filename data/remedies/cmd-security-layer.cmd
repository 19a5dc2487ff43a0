# remedy: cmd-security-layer
# for: security-layer-mismatch
# where: server
# system: windows
# order: 15
# risk: low
# title: set the listener's security back, without PowerShell
# why: The same as rdp-security-layer, as plain lines for the Serial Console: what is too low goes to
#    SecurityLayer 2, UserAuthentication 1, MinEncryptionLevel 3.
# when: the server answers TLS with failure 2, or look shows SecurityLayer 0x0
# needs: an elevated command prompt, or cmd in the Serial Console
# saves: a note of each value that it changes, in the Windows folder, rdpwhy\cmd-security-layer
# reverts: undo puts back the values it changed, each only if nobody changed it since
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
if defined rdpwhy_go del /q "%rdpwhy_state%\*.was" >nul 2>nul
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer 2>nul | find "0x0" >nul && echo 0 >"%rdpwhy_state%\SecurityLayer.0.was"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer 2>nul >nul || echo absent >"%rdpwhy_state%\SecurityLayer.absent.was"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication 2>nul | find "0x0" >nul && echo 0 >"%rdpwhy_state%\UserAuthentication.0.was"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication 2>nul >nul || echo absent >"%rdpwhy_state%\UserAuthentication.absent.was"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel 2>nul | find "0x1" >nul && echo 1 >"%rdpwhy_state%\MinEncryptionLevel.1.was"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel 2>nul >nul || echo absent >"%rdpwhy_state%\MinEncryptionLevel.absent.was"
if defined rdpwhy_go if not exist "%rdpwhy_state%\*.was" set "rdpwhy_result=nothing-to-do: the values are as they should be"
if not exist "%rdpwhy_state%\*.was" set "rdpwhy_go="
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if exist "%rdpwhy_state%\SecurityLayer.*.was" if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer /t REG_DWORD /d 2 /f >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\UserAuthentication.*.was" if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication /t REG_DWORD /d 1 /f >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\MinEncryptionLevel.*.was" if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel /t REG_DWORD /d 3 /f >nul || set "rdpwhy_go="
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if exist "%rdpwhy_state%\SecurityLayer.0.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer 2>nul | find "0x2" >nul && reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer /t REG_DWORD /d 0 /f >nul
if exist "%rdpwhy_state%\SecurityLayer.absent.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer 2>nul | find "0x2" >nul && reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer /f >nul
if exist "%rdpwhy_state%\UserAuthentication.0.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication 2>nul | find "0x1" >nul && reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication /t REG_DWORD /d 0 /f >nul
if exist "%rdpwhy_state%\UserAuthentication.absent.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication 2>nul | find "0x1" >nul && reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication /f >nul
if exist "%rdpwhy_state%\MinEncryptionLevel.1.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel 2>nul | find "0x3" >nul && reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel /t REG_DWORD /d 1 /f >nul
if exist "%rdpwhy_state%\MinEncryptionLevel.absent.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel 2>nul | find "0x3" >nul && reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel /f >nul
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: what was changed is as it was; values that somebody changed since are left"
#: verify
set "rdpwhy_right=1"
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer 2>nul | find "0x0" >nul && set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer 2>nul >nul || set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication 2>nul | find "0x0" >nul && set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication 2>nul >nul || set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel 2>nul | find "0x1" >nul && set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel 2>nul >nul || set "rdpwhy_right="
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: TLS, NLA and encryption are on in the listener"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the values are not as they should be"
