{# Character → the one it is compared as: NFKC if that is one character, lower case, no accents;
   digits of all scripts become 0 to 9. Built here because no two engines share a normaliser, and
   which letters they can lower differs by version and locale. #}
{% macro fold_table() -%}
    {%- set plain = {} -%}
    {%- for letter, variants in {
        'a': 'àáâãäåāăąǎǟǡǻȁȃȧḁẚạảấầẩẫậắằẳẵặª', 'b': 'ḃḅḇƀɓ', 'c': 'çćĉċčḉƈ', 'd': 'ďḋḍḏḑḓđðɖɗ',
        'e': 'èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ', 'f': 'ḟƒ', 'g': 'ĝğġģǧǵḡɠǥ', 'h': 'ĥȟḣḥḧḩḫẖħ',
        'i': 'ìíîïĩīĭįǐȉȋḭḯỉịıⅰİ', 'j': 'ĵǰ', 'k': 'ķǩḱḳḵĸƙ', 'l': 'ĺļľŀḷḹḻḽłƚ', 'm': 'ḿṁṃ',
        'n': 'ñńņňŉŋǹṅṇṉṋɲ', 'o': 'òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợøǿº', 'p': 'ṕṗƥ',
        'r': 'ŕŗřȑȓṙṛṝṟ', 's': 'śŝşšſșṡṣṥṧṩẛ', 't': 'ţťțṫṭṯṱẗŧþƭ',
        'u': 'ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự', 'w': 'ŵẁẃẅẇẉẘ', 
        'y': 'ýÿŷȳẏẙỳỵỷỹƴ', 'z': 'źżžẑẓẕƶ',
        'α': 'άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ', 'ε': 'έἐἑἒἓἔἕὲέ', 'η': 'ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ',
        'ι': 'ίϊΐἰἱἲἳἴἵἶἷὶίῐῑῒΐῖῗ', 'ο': 'όὀὁὂὃὄὅὸό', 'ρ': 'ῤῥ', 'σ': 'ς',
        'υ': 'ύϋΰὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ', 'ω': 'ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ',
        'е': 'ѐёӗ', 'и': 'йѝӣӥ', 'г': 'ѓ', 'к': 'ќ', 'і': 'ї', 'у': 'ўӯӱӳ', 'а': 'ӑӓ', 'о': 'ӧ', 'ж': 'ӂӝ',
        'з': 'ӟ', 'æ': 'ǽǣ', 'э': 'ӭ', 'ч': 'ӵ', 'ы': 'ӹ', 'ا': 'أإآٱ', 'ي': 'ىی', 'ه': 'ة', 'ك': 'ک',
        'v': 'ṽṿⅴ', 'x': 'ẋẍⅹ', "'": '‘’‚‛ʹʼʻ′´ˈ', '"': '“”„‟″«»', '-': '‐‑‒–—―−﹘﹣', ',': '、，', '.': '。', '/': '⁄∕'
    }.items() -%}
        {%- for variant in variants -%}{%- do plain.update({variant: letter}) -%}{%- endfor -%}
    {%- endfor -%}
    {%- for zero in [
        8304, 8320, 1632, 1776, 1984, 2406, 2534, 2662, 2790, 2918, 3046, 3174, 3302, 3430, 3664, 3792,
        3872, 4160, 6112, 6160, 120782, 120792, 120802, 120812, 120822
    ] -%}
        {%- for digit in range(10) -%}
            {%- do plain.update({'%c' | format(zero + digit): digit | string}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do plain.update({'¹': '1', '²': '2', '³': '3'}) -%}
    {#- half-width kana, circled and mathematical letters; full-width ASCII is 0xFEE0 higher -#}
    {%- for kana in 'ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン' -%}
        {%- do plain.update({'%c' | format(65382 + loop.index0): kana}) -%}
    {%- endfor -%}
    {%- for place in range(52) -%}
        {%- do plain.update({'%c' | format(9398 + place): '%c' | format(97 + place % 26)}) -%}
    {%- endfor -%}
    {%- for place in range(676) -%}
        {%- do plain.update({'%c' | format(119808 + place): '%c' | format(97 + place % 26)}) -%}
    {%- endfor -%}
    {%- for code in range(33, 127) -%}
        {%- do plain.update({'%c' | format(code + 65248): ('%c' | format(code)) | lower}) -%}
    {%- endfor -%}
    {#- capitals: Jinja's `lower`, and then the letter's own entry -#}
    {%- for low, high in [
        (65, 90), (192, 591), (880, 1366), (4256, 4301), (5024, 5109), (7312, 7359), (7680, 8191), (8450, 8579),
        (11264, 11507), (42560, 42998), (66560, 66965), (68736, 68786), (71840, 71871), (93760, 93791), (125184, 125217)
    ] -%}
        {%- for code in range(low, high + 1) -%}
            {%- set typed = '%c' | format(code) -%}
            {%- set lowered = typed | lower -%}
            {%- if lowered != typed and lowered | length == 1 -%}
                {%- do plain.update({typed: plain.get(lowered, lowered)}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(plain) }}
{%- endmacro %}
