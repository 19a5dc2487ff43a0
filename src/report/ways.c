/* rdpwhy fallback: what was tried, the way in and what to type for it, what it gives up, how to get back. */
#include "report/ways.h"

#include <string.h>

#include "facts/causes.h"
#include "report/parts.h"

enum { MARGIN = 2, TITLE_COLUMN = 8 };

int report_ways_status(const struct verdict *verdict, const struct ways_view *view)
{
    enum { FINE = 0, WARNING = 1, BLOCKED = 2, CANNOT_TELL = 3 };
    if (view->offer_count > 0) {
        const struct tried *best = view->offers[0].way;
        return recipe_is_downgrade(&best->recipe) || ways_is_doubtful(best, &view->tried[0]) ? WARNING : FINE;
    }
    if (view->tried[0].depth >= DEPTH_DOOR) {
        return verdict->status == VERDICT_BLOCKED ? BLOCKED : FINE;
    }
    return verdict->status == VERDICT_BLOCKED && view->untried == 0 ? BLOCKED : CANNOT_TELL;
}

/* The plain way is open, and something behind its door refuses: no other way there changes that. */
static bool refused_behind(const struct verdict *verdict, const struct ways_view *view)
{
    return view->tried[0].depth >= DEPTH_DOOR && verdict->status == VERDICT_BLOCKED;
}

/* --- what was tried --- */

static void put_tried(struct page *page, const struct verdict *verdict, const struct ways_view *view, size_t i)
{
    const struct tried *tried = &view->tried[i];
    char title[RECIPE_TITLE_SIZE];
    struct buffer words;
    buffer_init(&words, 65536);
    if (i == 0) {
        buffer_text(&words, "the plain way");
    } else {
        recipe_title(&tried->recipe, title);
        buffer_text(&words, title);
    }
    buffer_format(&words, ": %s", view->how[i]);
    page->text.failed |= words.failed;
    page_to(page, PAGE_INDENT);
    const bool open = ways_is_open(tried, &view->tried[0]) && (i > 0 || !refused_behind(verdict, view));
    parts_status(page, open ? STATUS_PASS : STATUS_FAIL);
    page_to(page, TITLE_COLUMN);
    page_words(page, TITLE_COLUMN, page->width - MARGIN, words.failed ? "" : (const char *)words.bytes);
    page_end_line(page);
    buffer_release(&words);
}

/* --- a way --- */

static void put_command(struct page *page, const char **label, const char *command, const char *program)
{
    if (command[0] == '\0') {
        return;
    }
    page_label(page, *label);
    *label = "";
    page_verbatim(page, command);
    if (page->at + 2 + page_width_of(program) <= page->width - MARGIN) {
        page_tail(page, program);
    }
    page_end_line(page);
}

static void put_setup(struct page *page, const char *label, const char *linux_line, const char *windows_line)
{
    if (linux_line[0] != '\0' || windows_line[0] != '\0') {
        put_command(page, &label, linux_line, "Linux");
        put_command(page, &label, windows_line, "Windows, as administrator");
    }
}

static const char *plain_mstsc(const struct ways_view *view, char *text, size_t size)
{
    struct recipe plain = view->tried[0].recipe;
    struct commands commands;
    commands_make(&plain, view->tried[0].evidence, NULL, &commands);
    snprintf(text, size, "%s", commands.mstsc);
    return text;
}

static void put_file(struct page *page, const struct ways_offer *offer)
{
    if (offer->file == NULL) {
        return;
    }
    page_label(page, "file");
    page_verbatim(page, offer->file);
    page_end_line(page);
    if (offer->is_signed) {
        page_entry(page, "", "signed; mstsc names the publisher when it trusts the certificate");
    } else if (commands_need_file(&offer->way->recipe)) {
        page_entry(page, "",
                   "not signed: since Windows' update of April 2026 mstsc warns of an unknown publisher "
                   "before it opens it, and shares nothing unless ticked. --sign-key and --sign-cert sign it");
    } else {
        page_entry(page, "",
                   "not signed, so mstsc warns of an unknown publisher before it opens it (since Windows' "
                   "update of April 2026); the mstsc line above does the same without that");
    }
}

static void put_back(struct page *page, const struct ways_view *view, const struct ways_offer *offer)
{
    char command[COMMAND_SIZE];
    const bool setup = offer->commands.windows_after[0] != '\0';
    put_setup(page, "back", offer->commands.linux_after, offer->commands.windows_after);
    page_entry(page, setup ? "" : "back",
               setup                 ? "then as before:"
               : offer->file != NULL ? "nothing was changed; delete the file when the plain way works again:"
                                     : "nothing was changed; when the plain way works again:");
    page_to(page, PAGE_COLUMN);
    page_verbatim(page, plain_mstsc(view, command, sizeof command));
    page_end_line(page);
}

/* Whether what answers there is the machine that was meant. */
static void put_machine(struct page *page, const struct ways_view *view, const struct ways_offer *offer)
{
    static const char compare[] = "hold it against the machine's own before you type a password";
    const enum machine machine = ways_machine(offer->way, &view->tried[0]);
    const char *sha256 = ways_certificate(offer->way);
    char words[600];
    if (machine == MACHINE_PLACE) {
        return;
    }
    if (machine == MACHINE_SAME) {
        snprintf(words, sizeof words, "the same one: it shows the certificate that the plain way shows");
    } else if (sha256 == NULL) {
        snprintf(words, sizeof words, "nothing shows which machine answers there: it has no certificate");
    } else if (machine == MACHINE_OTHER) {
        snprintf(words, sizeof words,
                 "PERHAPS ANOTHER ONE: it shows another certificate than the plain way does; %s: SHA-256 %.64s",
                 compare, sha256);
    } else {
        snprintf(words, sizeof words, "the plain way shows no certificate to compare with%s%.200s; %s: SHA-256 %.64s",
                 machine == MACHINE_NAMED ? ", this one's is made out to " : "",
                 machine == MACHINE_NAMED ? view->tried[0].recipe.host : "", compare, sha256);
    }
    page_entry(page, "machine", words);
}

/* What the lines cannot promise. */
static void put_mind(struct page *page, const struct ways_offer *offer)
{
    const struct recipe *recipe = &offer->way->recipe;
    const struct ev_certificate *gateway = &offer->way->evidence->gateway.certificate;
    if (recipe->transport == RECIPE_GATEWAY && gateway->verify.source != SOURCE_NONE && gateway->verify.v != 0) {
        page_entry(
            page, "mind",
            "this machine does not trust the gateway's certificate, and mstsc cannot be told to: it connects once "
            "the certificate's issuer is installed; xfreerdp asks");
    }
    if (offer->commands.windows_before[0] != '\0') {
        page_entry(page, "mind",
                   "INTERFACE is what `netsh interface ipv4 show subinterfaces` calls the one that leads "
                   "there; on Windows all connections over it move in smaller packets until it is put "
                   "back or the machine restarts");
    }
    if (recipe->wide_tls) {
        page_entry(page, "mind",
                   "mstsc cannot do it: it offers what Windows offers, and no setting of its own changes that");
    }
    if (recipe->old_tls && !recipe->wide_tls) {
        page_entry(page, "mind",
                   "mstsc can do it only where this Windows still allows TLS 1.0 to clients; newer ones do "
                   "not");
    }
}

static void put_offer(struct page *page, const struct ways_view *view, size_t index)
{
    const struct ways_offer *offer = &view->offers[index];
    const struct commands *commands = &offer->commands;
    const bool downgrade = recipe_is_downgrade(&offer->way->recipe);
    const bool doubtful = ways_is_doubtful(offer->way, &view->tried[0]);
    const char *label = "type";
    const char *words;
    char title[RECIPE_TITLE_SIZE];
    recipe_title(&offer->way->recipe, title);
    page_to(page, PAGE_INDENT);
    page_style(page, downgrade || doubtful ? STYLE_WARN : STYLE_GOOD);
    page_verbatim(page, doubtful ? "PERHAPS" : index == 0 ? "A WAY IN" : "ANOTHER");
    page_style(page, STYLE_PLAIN);
    page_to(page, PAGE_COLUMN);
    page_words(page, PAGE_COLUMN, page->width - MARGIN, title);
    page_end_line(page);
    page_to(page, PAGE_INDENT);
    page_words(page, PAGE_INDENT, page->width - MARGIN,
               doubtful    ? "It is open where the plain way is not, and nothing shows that it is the same machine."
               : downgrade ? "It is open where the plain way is not, and less secure: for now, not for good."
               : recipe_gives_up(&offer->way->recipe, 0) == NULL
                   ? "It is open where the plain way is not, and as secure."
                   : "It is open where the plain way is not.");
    page_end_line(page);
    page_end_line(page);
    put_setup(page, "first", commands->linux_before, commands->windows_before);
    put_command(page, &label, commands->mstsc, "Windows");
    put_command(page, &label, commands->xfreerdp2, "FreeRDP 2");
    put_command(page, &label, commands->xfreerdp3, "FreeRDP 3");
    for (size_t i = 0; (words = recipe_gives_up(&offer->way->recipe, i)) != NULL; i++) {
        page_entry(page, i == 0 ? "gives up" : "", words);
    }
    put_machine(page, view, offer);
    put_mind(page, offer);
    put_file(page, offer);
    put_back(page, view, offer);
    page_end_line(page);
}

/* --- around it --- */

static void put_none(struct page *page, const struct verdict *verdict, const struct ways_view *view)
{
    struct buffer words;
    const bool behind = refused_behind(verdict, view);
    const bool plain = view->tried[0].depth >= DEPTH_DOOR && !behind;
    page_to(page, PAGE_INDENT);
    page_style(page, plain ? STYLE_GOOD : STYLE_BAD);
    page_verbatim(page, plain ? "NOT BLOCKED" : "NO WAY IN");
    page_style(page, STYLE_PLAIN);
    page_end_line(page);
    page_to(page, PAGE_INDENT);
    page_words(page, PAGE_INDENT, page->width - MARGIN,
               plain    ? "The plain way is open from this machine, as far as one gets without a password, so no other "
                          "was looked for."
               : behind ? "The plain way is open as far as the account, and what refuses is behind that: no other way "
                          "leads past it."
               : view->untried > 0 ? "None of the ways that were tried is open."
                                   : "None of the ways that this machine could try is open.");
    page_end_line(page);
    page_end_line(page);
    buffer_init(&words, 65536);
    if (!plain || verdict->status != VERDICT_OK) {
        parts_sentence(&words, verdict);
        if (words.size > 0 && !words.failed) {
            page_entry(page, "why", (const char *)words.bytes);
            page_end_line(page);
        }
        const size_t before = page->text.size;
        parts_reasons(page, verdict, false);
        if (page->text.size > before) {
            page_end_line(page);
        }
        parts_next(page, verdict);
        page_end_line(page);
    }
    page->text.failed |= words.failed;
    buffer_release(&words);
}

static void put_untried(struct page *page, const struct ways_view *view)
{
    if (view->untried > 0) {
        char words[200];
        snprintf(
            words, sizeof words, "%u more way%s not tried: %s", view->untried, view->untried == 1 ? " was" : "s were",
            view->ended ? "the run was ended"
                        : "a run makes three connections, so that no ban tool takes it for an attack; --again goes "
                          "on");
        page_entry(page, "untried", words);
        page_end_line(page);
    }
}

/* What was not gone, and why. */
static void put_hints(struct page *page, const struct ways_view *view)
{
    for (size_t i = 0; i < view->hint_count; i++) {
        page_entry(page, i == 0 ? "not gone" : "", view->hints[i].words);
        if (view->hints[i].command[0] != '\0') {
            page_to(page, PAGE_COLUMN);
            page_verbatim(page, view->hints[i].command);
            page_end_line(page);
        }
    }
    if (view->hint_count > 0) {
        page_end_line(page);
    }
}

static void put_why(struct page *page, const struct verdict *verdict)
{
    struct buffer words;
    buffer_init(&words, 65536);
    parts_sentence(&words, verdict);
    if (verdict->status != VERDICT_OK && words.size > 0) {
        page_entry(page, "why", words.failed ? "" : (const char *)words.bytes);
        page_end_line(page);
        if (verdict->next_count > 0) {
            parts_next(page, verdict);
            page_end_line(page);
        }
    }
    page->text.failed |= words.failed;
    buffer_release(&words);
}

bool report_ways(FILE *out, const struct evidence *evidence, const struct verdict *verdict,
                 const struct ways_view *view, const struct report_options *options, struct error *error)
{
    struct page page;
    struct buffer title;
    page_init(&page, options->width, options->colour);
    buffer_init(&title, 65536);
    parts_title(&title, evidence);
    parts_header(&page, title.size > 0 ? (const char *)title.bytes : "");
    for (size_t i = 0; i < view->tried_count; i++) {
        put_tried(&page, verdict, view, i);
    }
    page_end_line(&page);
    for (size_t i = 0; i < view->offer_count; i++) {
        put_offer(&page, view, i);
    }
    if (view->no_file != NULL) {
        page_entry(&page, "no file", view->no_file);
        page_end_line(&page);
    }
    put_untried(&page, view);
    if (view->offer_count > 0) {
        put_why(&page, verdict);
    } else {
        put_none(&page, verdict, view);
    }
    put_hints(&page, view);
    parts_last_line(&page, evidence, verdict);
    page.text.failed |= title.failed;
    buffer_release(&title);
    bool done = page_print(&page, out, error);
    page_release(&page);
    return done;
}

bool report_ways_quiet(FILE *out, const struct verdict *verdict, const struct ways_view *view, struct error *error)
{
    if (view->offer_count == 0) {
        return fputs(view->tried[0].depth >= DEPTH_DOOR && !refused_behind(verdict, view) ? "NOT BLOCKED "
                                                                                          : "NO WAY IN ",
                     out) >= 0
                   ? report_quiet(out, NULL, verdict, error)
                   : error_set(error, ERROR_INTERNAL, "cannot write");
    }
    const struct ways_offer *offer = &view->offers[0];
    char title[RECIPE_TITLE_SIZE];
    recipe_title(&offer->way->recipe, title);
    const bool doubtful = ways_is_doubtful(offer->way, &view->tried[0]);
    return fprintf(out, "%s %s%s: %s\n", doubtful ? "PERHAPS" : "A WAY IN", title,
                   doubtful                                   ? " (maybe another machine)"
                   : recipe_is_downgrade(&offer->way->recipe) ? " (less secure)"
                                                              : "",
                   offer->commands.xfreerdp2) >= 0 ||
           error_set(error, ERROR_INTERNAL, "cannot write");
}
