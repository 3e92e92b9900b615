# triad.bash: completion of triad(1) for bash.
#
# It asks the command itself, whose tables of subcommands and options are the only lists there are: `triad help` and
# `triad COMMAND --help`.

_triad_options()    # the options of a command, with "=" for none
{
    triad "$1" --help 2>/dev/null | sed -n 's/^  \(--*[a-z-]*\) .*/\1/p'
}

_triad_files()      # files that end so, and folders
{
    local IFS=$'\n'
    COMPREPLY=($(compgen -f -X "!$1" -- "$word") $(compgen -d -S / -- "$word"))
    compopt -o nospace -o filenames 2>/dev/null
}

_triad()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "$(triad help 2>/dev/null | sed -n 's/^  \([a-z]*\)  *[^ ].*/\1/p')" -- "$word"))
        return
    fi
    case $before in
    --dtype) COMPREPLY=($(compgen -W "f32 f64" -- "$word")); return ;;
    --signature)
        COMPREPLY=($(compgen -W "$(triad check --help | sed -n '/^Signatures:/,$s/^  \([a-z-]*\)$/\1/p')" -- "$word"))
        return ;;
    --json|-o) _triad_files '*.json'; return ;;
    --html) _triad_files '*.html'; return ;;
    --junit) _triad_files '*.xml'; return ;;
    --tap) _triad_files '*.tap'; return ;;
    --at) _triad_files '*.npy'; return ;;
    --data) COMPREPLY=($(compgen -d -- "$word")); return ;;
    esac
    case $word in
    -*) COMPREPLY=($(compgen -W "$(_triad_options "$command") --help" -- "$word")); return ;;
    esac
    case $command in
    check)
        case $word in
        */*) _triad_files '*.so' ;;
        *) COMPREPLY=($(compgen -W "$(triad ops --names)" -- "$word")) ;;
        esac ;;
    mutate) COMPREPLY=($(compgen -W "$(triad ops --names)" -- "$word")) ;;
    compare) _triad_files '*.npy' ;;
    merge) _triad_files '*.json' ;;
    esac
}

complete -F _triad triad
