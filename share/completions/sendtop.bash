# SPDX-License-Identifier: MIT
# Completion of sendtop for bash.  It asks the program itself, so it knows
# what the installed version knows.

# What the help of a command lists: --long options, or the commands.
_sendtop_help()
{
	"$1" ${2:+"$2"} --help 2>/dev/null
}

_sendtop_value()
{
	case $1 in
	--config|--store|--client|--out|--snapshot-on-exit)
		mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$2") ;;
	--fail-on)
		mapfile -t COMPREPLY < <(compgen -W 'note warn fail' -- "$2") ;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'text json csv markdown' -- "$2") ;;
	--provider)
		mapfile -t COMPREPLY < <(compgen -W 'gmail yahoo microsoft other' -- "$2") ;;
	--resolver|--ip|--selector|--helo|--default-explanation|--at|--since|--until|--why|--drop|--end|--target|--zone)
		COMPREPLY=() ;;
	*)
		return 1 ;;
	esac
}

_sendtop()
{
	local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]}
	local before=${COMP_WORDS[COMP_CWORD-1]} commands options command=

	COMPREPLY=()
	_sendtop_value "$before" "$word" && return
	commands=$(_sendtop_help "$program" |
		sed -n 's/^       sendtop \([a-z]*\) .*/\1/p')
	if [ "$COMP_CWORD" -gt 1 ]; then
		case " ${commands//$'\n'/ } " in
		*" ${COMP_WORDS[1]} "*) command=${COMP_WORDS[1]} ;;
		esac
	fi
	case $word in
	-*)
		options=$(_sendtop_help "$program" "$command" |
			sed -n 's/^  \(--[a-z-]*\).*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
	*)
		[ "$COMP_CWORD" -ne 1 ] ||
			mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word") ;;
	esac
}

complete -F _sendtop sendtop
