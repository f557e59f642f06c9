{# Brian2's thresholder, in two passes: compare all neurons (which a compiler turns into vector
   instructions), then collect those that fired, eight at a time. Its own one branches for each
   neuron and was a third of a step. The same spikes in the same order. #}
{# USES_VARIABLES { N } #}
{% extends 'common_group.cpp' %}
{% set _eventspace = get_array_name(eventspace_variable) %}
{% block maincode %}
    const int _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    static std::vector<char> _fired(N + 8, 0);
    char *const _flags = _fired.data();
    for(size_t _idx=0; _idx<N; _idx++)
    {
        const size_t _vectorisation_idx = _idx;
        {{vector_code|autoindent}}
        _flags[_idx] = _cond;
    }
    long _count = 0;
    for(size_t _first=0; _first<N; _first+=8)
    {
        uint64_t _eight;
        std::memcpy(&_eight, _flags + _first, 8);
        for(; _eight; _eight &= _eight - 1)  // a flag is 0 or 1: one bit a neuron
            {{_eventspace}}[_count++] = _first + __builtin_ctzll(_eight) / 8;
    }
    {{_eventspace}}[N] = _count;
{% endblock %}

{% block after_code %}
    {{get_array_name(eventspace_variable)}}[N] = 0;
{% endblock %}
