# What stands round the sections of a cmd remedy: plain lines, each of which also works when it is typed. The saved state
# lies under the Windows folder, where only administrators can write: undo imports it into the registry.
#: begin
set "rdpwhy_go=1"
set "rdpwhy_result=failed: a line above did not work and the rest was left out; undo puts back what was changed"
set "rdpwhy_state=%SystemRoot%\rdpwhy\%rdpwhy_remedy%"
fltmc >nul 2>nul || set "rdpwhy_go="
if not defined rdpwhy_go set "rdpwhy_result=failed: run this as administrator"
#: end
echo RDPWHY RESULT %rdpwhy_result%
