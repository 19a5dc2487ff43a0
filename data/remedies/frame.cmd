# What stands round the sections of a cmd remedy: plain lines, each of which also works when it is typed.
#: begin
set "rdpwhy_go=1"
set "rdpwhy_result=failed: the script came to no result"
set "rdpwhy_state=%ProgramData%\rdpwhy\%rdpwhy_remedy%"
#: end
echo RDPWHY RESULT %rdpwhy_result%
