{# Normalised words in a name that are not part of it, as alternatives of a regular expression. Only
   words that are almost never a first name or a surname: `don`, `ma`, `eng` and `pan` are missing
   on purpose. #}
{% macro name_words(kind) -%}
    {%- set titles_of_surnames = [
        'mr', 'mrs', 'ms', 'miss', 'mx', 'mister', 'dr', 'drs', 'doctor', 'prof', 'professor', 'herr',
        'hr', 'frau', 'fr', 'mme', 'mlle', 'monsieur', 'madame', 'mademoiselle', 'signor', 'signora',
        'dott', 'dottssa', 'mevr', 'mevrouw', 'dhr', 'rev', 'capt', 'sgt'
    ] -%}
    {{ return({
        'title_of_surname': titles_of_surnames,
        'title': titles_of_surnames + [
            'dra', 'doutor', 'doutora', 'profa', 'professora', 'sr', 'sra', 'srta', 'senhor', 'senhora',
            'senor', 'senora', 'senorita', 'dona', 'dipl', 'sir', 'dame'
        ],
        'birth_name': ['nee', 'geb', 'geborene'],
        'degree': ['phd', 'ph d', 'md', 'mba', 'esq', 'dds', 'msc', 'bsc', 'cpa', 'llm', 'llb', 'mph'],
        'suffix': ['jr', 'junior', 'jnr', 'sr', 'senior', 'snr', 'ii', 'iii', 'iv'],
        'iberian_suffix': ['filho', 'neto', 'netto', 'sobrinho', 'hijo'],
        'particle': [
            'da', 'das', 'de', 'del', 'della', 'den', 'der', 'di', 'do', 'dos', 'du', 'e', 'el', 'la',
            'las', 'le', 'los', 'ten', 'ter', 'van', 'vom', 'von', 'y', 'zu', 'zum', 'zur', 'bin', 'ibn',
            'bint'
        ],
        'joint': ['and', 'und', 'et'],
        'organisation': [
            'ltda', 'ltd', 'gmbh', 'inc', 'llc', 'corp', 'corporation', 'plc', 'eireli', 'sarl', 'limited'
        ]
    }[kind] | join('|')) }}
{%- endmacro %}
