# data/remedies/* -> C, and docs/remedies.md. POSIX awk only. The format, and the reasons of the rules: docs/add-a-remedy.md.
#
#   awk -f tools/remedies.awk -v mode=c  data/causes.tsv data/sources.tsv data/remedies/NAME.EXT... > facts_remedies.c
#   awk -f tools/remedies.awk -v mode=md data/causes.tsv data/sources.tsv data/folk.tsv data/remedies/NAME.EXT... > docs/remedies.md
#   awk -f tools/remedies.awk -v mode=assemble -v out=DIRECTORY ...   NAME.PART.EXT with sample values, for the tests
#
# The remedies have to come sorted by name. What is incomplete or unknown stops the build, with file and line.

function die(where, why) {
    print where ": " why > "/dev/stderr"
    failed = 1
    exit 1
}

function quote(text,    out, i, c) {
    out = ""
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\\" || c == "\"" || c == "?")
            out = out "\\" c
        else if (c == "\n")
            out = out "\\n\"\n\""
        else
            out = out c
    }
    return "\"" out "\""
}

function constant(prefix, word) {
    word = toupper(word)
    gsub(/[^A-Z0-9]/, "_", word)
    return prefix "_" word
}

function text_or_null(text) {
    return text == "" ? "0" : quote(text)
}

function forget(    k) {
    for (k in key)
        delete key[k]
    for (k in section)
        delete section[k]
    current = ""
    asks = 0
}

# Every name of the form PREFIX + letters in `text` has to be one of the asked values; what is asked has to be used.
function check_asked(file, kind,    k, text, rest, name, i, used) {
    text = ""
    for (k in section)
        text = text section[k]
    rest = text
    while (match(rest, kind == "txt" ? "[{][a-z][a-z0-9_]*[}]" : "ask_[a-z0-9_]+")) {
        name = kind == "txt" ? substr(rest, RSTART + 1, RLENGTH - 2) : substr(rest, RSTART + 4, RLENGTH - 4)
        rest = substr(rest, RSTART + RLENGTH)
        if (!((file, name) in asked))
            die(file, "the value \"" name "\" is used, but no asks: line names it")
        used[name] = 1
    }
    for (i = 1; i <= asks; i++)
        if (!(ask_name[i] in used))
            die(file, "asks for \"" ask_name[i] "\", which no section uses")
}

# with: registry timer: what those two files hold comes before the remedy's own setup.
function take_parts(kind,    i, n, word, before) {
    n = split(key["with"], word, " ")
    before = ""
    for (i = 1; i <= n; i++) {
        if (!((word[i] "." kind) in shared))
            die(file, "with: there is no data/remedies/with/" word[i] "." kind)
        before = before shared[word[i] "." kind]
    }
    if (before != "")
        section["setup"] = before section["setup"]
}

function check_remedy(file, kind,    i, n, word, part) {
    n = split("remedy for where system order risk title why when needs saves reverts restarts source", word, " ")
    for (i = 1; i <= n; i++)
        if (!(word[i] in key))
            die(file, "the header has no \"" word[i] ":\"")
    if (key["remedy"] != name)
        die(file, "remedy: " key["remedy"] " is not the file's name")
    n = split(key["for"], part, " ")
    for (i = 1; i <= n; i++)
        if (!(part[i] in cause))
            die(file, "for: no cause \"" part[i] "\" in data/causes.tsv")
    n = split(key["source"], part, " ")
    for (i = 1; i <= n; i++)
        if (!(part[i] in source))
            die(file, "source: no \"" part[i] "\" in data/sources.tsv")
    if (key["where"] !~ /^(client|server|network)$/)
        die(file, "where: client, server or network")
    if (key["risk"] !~ /^(none|low|downgrade|outage)$/)
        die(file, "risk: none, low, downgrade or outage")
    if (key["order"] !~ /^[1-9][0-9]?$/)
        die(file, "order: a number from 1 to 99")
    if (index(systems, " " key["system"] " ") == 0)
        die(file, "system: none of" systems)
    if ((key["risk"] == "downgrade") != ("timed" in key))
        die(file, "a downgrade has to say with \"timed:\" how it ends by itself, and nothing else may have that line")
    n = split("look apply verify", word, " ")
    for (i = 1; i <= n; i++)
        if (!(word[i] in section))
            die(file, "there is no section \"" word[i] "\"")
    if (!("undo" in section) && key["reverts"] !~ /^nothing to put back, because ./)
        die(file, "no section \"undo\", and reverts: does not begin with \"nothing to put back, because ...\"")
    if ("undo" in section && key["reverts"] ~ /^nothing/)
        die(file, "a section \"undo\", but reverts: says that there is nothing to put back")
    check_asked(file, kind)
}

function emit_c(kind,    i, n, part, line, id) {
    id = name
    gsub(/-/, "_", id)
    if (asks > 0) {
        print "static const struct remedy_ask asks_" id "[] = {"
        for (i = 1; i <= asks; i++)
            print "    { " quote(ask_name[i]) ", " constant("ASK", ask_type[i]) ", " text_or_null(ask_preset[i]) ", " \
                quote(ask_words[i]) " },"
        print "};"
    }
    n = split(key["for"], part, " ")
    line = ""
    for (i = 1; i <= n; i++)
        line = line constant("CAUSE", part[i]) ", "
    row[++rows] = "{ " quote(name) ", " kind_of[kind] ", (const enum cause[]){ " line "CAUSE_NONE }, " \
        constant("PLACE", key["where"]) ", " quote(key["system"]) ", " key["order"] ", " constant("RISK", key["risk"]) ",\n" \
        quote(key["title"]) ",\n" quote(key["why"]) ",\n" quote(key["when"]) ",\n" quote(key["needs"]) ",\n" \
        quote(key["saves"]) ",\n" quote(key["reverts"]) ",\n" quote(key["restarts"]) ",\n" \
        text_or_null(key["timed"]) ",\n" text_or_null(key["unconfirmed"]) ",\n" quote(key["source"]) ",\n" \
        (asks > 0 ? "asks_" id : "0") ", " asks ",\n" text_or_null(section["setup"]) ",\n" quote(section["look"]) ",\n" \
        quote(section["apply"]) ",\n" text_or_null(section["undo"]) ",\n" quote(section["verify"]) " },"
}

function emit_frame(kind,    word) {
    for (word in section)
        frames[kind, word] = section[word]
    frame[kind] = "    [" kind_of[kind] "] = { " text_or_null(section["begin"]) ",\n" text_or_null(section["open"]) ",\n" \
        text_or_null(section["close"]) ",\n" text_or_null(section["end"]) " },"
}

function assignment(kind, word, value) {
    if (kind == "ps1")
        return "$" word " = '" value "'\n"
    if (kind == "cmd")
        return "set \"" word "=" value "\"\n"
    return word "='" value "'\n"
}

# What the program would print for one part, but with sample values: the tests parse and lint it.
function assemble(kind, part,    script, i, n, each, f) {
    script = assignment(kind, "rdpwhy_remedy", name) assignment(kind, "rdpwhy_part", part)
    for (i = 1; i <= asks; i++)
        script = script assignment(kind, "ask_" ask_name[i], sample[ask_type[i]])
    script = script frames[kind, "begin"] section["setup"]
    n = split(part == "apply" ? "apply verify" : part, each, " ")
    for (i = 1; i <= n; i++)
        script = script frames[kind, "open"] section[each[i]] frames[kind, "close"]
    f = out "/" name "." part "." kind
    printf "%s", script frames[kind, "end"] > f
    close(f)
}

function emit_parts(kind,    i, n, part) {
    if (kind == "txt")
        return
    n = split("look apply undo verify", part, " ")
    for (i = 1; i <= n; i++)
        if (part[i] in section)
            assemble(kind, part[i])
}

# The page docs/remedies.md. What a remedy says about itself; words whole, scripts by their file.
function keep_for_page(kind,    i, n, part, text, where) {
    n = split(key["for"], part, " ")
    for (i = 1; i <= n; i++)
        turns[part[i]] = turns[part[i]] sprintf("%02d", key["order"]) name " "
    brief[name] = "[" name "](#" name ") (" key["system"] ", risk " key["risk"] ")"
    text = "### " name "\n\n**" key["title"] "** (" key["where"] ", " key["system"] "; risk: " key["risk"] ")\n\n" key["why"] "\n\n"
    text = text "* when: " key["when"] "\n* needs: " key["needs"] "\n* saves: " key["saves"] "\n* undo: " key["reverts"] \
        "\n* interrupts: " key["restarts"] "\n"
    if ("timed" in key)
        text = text "* ends by itself: " key["timed"] "\n"
    for (i = 1; i <= asks; i++)
        text = text "* asks for `" ask_name[i] "`" (ask_preset[i] == "" ? "" : " (" ask_preset[i] ")") ": " ask_words[i] "\n"
    if ("unconfirmed" in key)
        text = text "* not confirmed by a page: " key["unconfirmed"] "\n"
    text = text "* for: " key["for"] "\n* sources:"
    n = split(key["source"], part, " ")
    for (i = 1; i <= n; i++) {
        where = source[part[i]]
        text = text (i > 1 ? "," : "") " " (where ~ /^http/ ? "[" part[i] "](" where ")" : part[i])
    }
    text = text "\n"
    if (kind != "txt")
        text = text "* script: [data/remedies/" name "." kind "](../data/remedies/" name "." kind ")\n"
    else {
        n = split("look apply undo verify", part, " ")
        for (i = 1; i <= n; i++)
            if (part[i] in section)
                text = text "\n" part[i] ":\n\n```\n" section[part[i]] "```\n"
    }
    chapter[++chapters] = text
}

# "10second 05first " -> "05first 10second "; few words, so by insertion.
function sorted(words,    n, part, i, k, keep, out) {
    n = split(words, part, " ")
    for (i = 2; i <= n; i++)
        for (k = i; k > 1 && part[k] < part[k - 1]; k--) {
            keep = part[k]
            part[k] = part[k - 1]
            part[k - 1] = keep
        }
    for (i = 1; i <= n; i++)
        out = out part[i] " "
    return out
}

function print_page(    i, k, n, part) {
    print "# Repairs\n"
    print "Made from `data/remedies/` by `tools/remedies.awk`; change those files, not this one. `rdpwhy fix CAUSE` prints the narrowest repair"
    print "as one script, with its undo and the way to bring it there; `--remedy NAME` takes another one. Every script saves what it changes, and"
    print "refuses to run twice over one saved state. The Windows scripts are parsed with PowerShell's grammar in the tests and have not been run on"
    print "Windows yet: read them before you run them.\n"
    print "## By cause, the narrowest first\n\n| cause | what it is | repairs |\n|---|---|---|"
    for (i = 1; i <= causes; i++) {
        n = split(sorted(turns[cause_order[i]]), part, " ")
        printf "| `%s` | %s | ", cause_order[i], cause[cause_order[i]]
        for (k = 1; k <= n; k++)
            printf "%s%s", (k > 1 ? "<br>" : ""), brief[substr(part[k], 3)]
        print " |"
    }
    print "\n## Advice that hurts\n\n| advice | verdict | why | instead |\n|---|---|---|---|"
    for (i = 1; i <= folks; i++)
        print folk[i]
    print "\n## The repairs"
    for (i = 1; i <= chapters; i++)
        printf "\n%s", chapter[i]
}

function finish(    kind) {
    if (file == "")
        return
    kind = file
    sub(/^.*[.]/, "", kind)
    if (name == "frame") {
        emit_frame(kind)
        return
    }
    take_parts(kind)
    check_remedy(file, kind)
    if (name in seen)
        die(file, "a second remedy of this name")
    seen[name] = 1
    if (mode == "c")
        emit_c(kind)
    else if (mode == "assemble")
        emit_parts(kind)
    else if (mode == "md")
        keep_for_page(kind)
}

function begin_file(    extension) {
    finish()
    file = FILENAME
    name = file
    sub(/^.*\//, "", name)
    extension = name
    sub(/^.*[.]/, "", extension)
    sub(/[.][a-z0-9]*$/, "", name)
    if (!(extension in kind_of))
        die(file, "not a .ps1, .cmd, .sh or .txt")
    if (name !~ /^[a-z][a-z0-9-]*$/)
        die(file, "a name is lower-case letters, digits and hyphens")
    forget()
}

function take_ask(words,    n, part) {
    n = split(words, part, / *[|] */)
    if (n != 4 || part[1] !~ /^[a-z][a-z0-9_]*$/ || part[4] == "")
        die(file ":" FNR, "asks: NAME | TYPE | PRESET or - | words")
    if (index(types, " " part[2] " ") == 0)
        die(file ":" FNR, "no type \"" part[2] "\"; types:" types)
    if (file ~ /[.]txt$/ && part[2] ~ /^(account|path|label)$/)
        die(file ":" FNR, "words cannot quote, so a " part[2] " may not be asked for here")
    asks++
    ask_name[asks] = part[1]
    ask_type[asks] = part[2]
    ask_preset[asks] = part[3] == "-" ? "" : part[3]
    ask_words[asks] = part[4]
    asked[file, part[1]] = 1
}

function take_header(    colon, word, value) {
    if ($0 == "" || $0 == "#")
        return
    if ($0 ~ /^#   +[^ ]/ && last_key != "") {
        sub(/^# +/, "")
        if (last_key == "asks")
            ask_words[asks] = ask_words[asks] " " $0
        else
            key[last_key] = key[last_key] " " $0
        return
    }
    if ($0 !~ /^# [a-z]+: *[^ ]/)
        die(file ":" FNR, "neither \"# key: value\" nor its continuation (\"#    more\")")
    colon = index($0, ":")
    word = substr($0, 3, colon - 3)
    value = substr($0, colon + 1)
    sub(/^ +/, "", value)
    sub(/ +$/, "", value)
    if (index(keys, " " word " ") == 0)
        die(file ":" FNR, "no key \"" word "\"; keys:" keys)
    last_key = word
    if (word == "asks")
        take_ask(value)
    else if (word in key && word !~ /^(source|unconfirmed)$/)
        die(file ":" FNR, "a second \"" word ":\"")
    else if (word in key)
        key[word] = key[word] " " value
    else
        key[word] = value
}

BEGIN {
    keys = " remedy for where system order risk title why when needs saves reverts restarts timed unconfirmed source asks with "
    types = " hostname ip host cidr port number hex40 ident account path label "
    systems = " windows windows-offline xrdp freerdp gnome-remote-desktop weston linux macos any azure aws gcloud " \
        "active-directory dns firewall vpn router rd-gateway bastion docker "
    sample["hostname"] = sample["host"] = "srv.corp.example"
    sample["ip"] = "203.0.113.7"
    sample["cidr"] = "203.0.113.0/28"
    sample["port"] = "3389"
    sample["number"] = "5"
    sample["hex40"] = "0123456789abcdef0123456789abcdef01234567"
    sample["ident"] = "name-1"
    sample["account"] = "CORP\\user"
    sample["path"] = "/var/tmp/x"
    sample["label"] = "Ethernet 2"
    kind_of["ps1"] = "REMEDY_POWERSHELL"
    kind_of["cmd"] = "REMEDY_CMD"
    kind_of["sh"] = "REMEDY_SH"
    kind_of["txt"] = "REMEDY_WORDS"
    if (mode == "c") {
        print "/* Generated by tools/remedies.awk from data/remedies/: change those files, not this one. */"
        print "#include \"facts/tables.h\"\n"
    }
}

{
    sub(/\r$/, "")
}

FILENAME ~ /[.]tsv$/ {
    split($0, cell, "\t")
    if (FNR > 1 && FILENAME ~ /causes[.]tsv$/) {
        cause[cell[1]] = cell[11]
        cause_order[++causes] = cell[1]
    }
    if (FNR > 1 && FILENAME ~ /sources[.]tsv$/)
        source[cell[1]] = cell[2]
    if (FNR > 1 && FILENAME ~ /folk[.]tsv$/)
        folk[++folks] = "| " cell[2] " | " cell[3] " | " cell[4] " | " cell[5] " |"
    next
}

/[^ -~]/ && FILENAME !~ /[.]tsv$/ {
    die(FILENAME ":" FNR, "only plain ASCII, and no tabs: consoles and old PowerShell disagree about the rest")
}

# Shared parts: their first comment lines stay out, so that the assembled script is short.
FILENAME ~ /(^|\/)with\// {
    part = FILENAME
    sub(/^.*\//, "", part)
    if (FNR == 1)
        shared[part] = ""
    if (shared[part] != "" || $0 !~ /^#/)
        shared[part] = shared[part] $0 "\n"
    next
}

FNR == 1 {
    begin_file()
    last_key = ""
}

/^#: / {
    current = substr($0, 4)
    if (index(name == "frame" ? " begin open close end " : " setup look apply undo verify ", " " current " ") == 0)
        die(file ":" FNR, "no section may be called \"" current "\"")
    if (current in section)
        die(file ":" FNR, "a second section \"" current "\"")
    section[current] = ""
    next
}

current == "" {
    if (name != "frame")
        take_header()
    next
}

{
    if (section[current] != "" || $0 != "")
        section[current] = section[current] $0 "\n"
}

END {
    if (failed)
        exit 1
    finish()
    if (failed)
        exit 1
    if (mode == "md")
        print_page()
    if (mode == "c") {
        print "const struct remedy_fact facts_remedies[] = {"
        for (i = 1; i <= rows; i++)
            print row[i]
        print "};\nconst unsigned facts_remedies_count = sizeof(facts_remedies) / sizeof(facts_remedies[0]);"
        print "const struct remedy_frame facts_frames[REMEDY_KIND_COUNT] = {"
        for (k in frame)
            print frame[k]
        print "    [REMEDY_WORDS] = { 0, 0, 0, 0 },\n};"
    }
}
