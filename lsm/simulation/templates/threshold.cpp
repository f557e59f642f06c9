{# Brian2's thresholder, in two passes: compare all neurons (which a compiler turns into vector
   instructions), then collect those that fired, 64 at a time. Its own one branches for each
   neuron and was a third of a step. The same spikes in the same order. #}
{# USES_VARIABLES { N } #}
{% extends 'common_group.cpp' %}
{% set _eventspace = get_array_name(eventspace_variable) %}
{% block maincode %}
    const int _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    static std::vector<char> _fired(N + 64, 0);
    char *const _flags = _fired.data();
    for(size_t _idx=0; _idx<N; _idx++)
    {
        const size_t _vectorisation_idx = _idx;
        {{vector_code|autoindent}}
        _flags[_idx] = _cond;
    }
    long _count = 0;
    for(size_t _first=0; _first<N; _first+=64)
        for(uint64_t _bits = lsm::pack(_flags + _first); _bits; _bits &= _bits - 1)
            {{_eventspace}}[_count++] = _first + __builtin_ctzll(_bits);
    {{_eventspace}}[N] = _count;
{% endblock %}

{% block after_code %}
    {{get_array_name(eventspace_variable)}}[N] = 0;
{% endblock %}
