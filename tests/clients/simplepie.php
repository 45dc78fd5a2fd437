<?php
// Reads a feed on standard input with SimplePie, as Debian has it, and prints what it understood as JSON.
// Texts are HTML in SimplePie, and told as the characters that they show. Its dates do not work with PHP 8.
error_reporting(E_ERROR);
require '/usr/share/php/simplepie/autoloader.php';

$feed = new SimplePie();
$feed->set_raw_data(file_get_contents('php://stdin'));
$feed->enable_cache(false);
$feed->enable_order_by_date(false);
if (!$feed->init()) {
    fwrite(STDERR, 'SimplePie could not read the feed: ' . $feed->error() . "\n");
    exit(1);
}

function told($text)
{
    return $text === null ? null : html_entity_decode($text, ENT_QUOTES | ENT_HTML5);
}

function names($persons)
{
    return $persons ? implode(', ', array_map(fn($one) => told($one->get_name()), $persons)) : null;
}

$items = [];
foreach ($feed->get_items() as $item) {
    $enclosure = $item->get_enclosure();
    $items[] = [
        'guid' => $item->get_id(),
        'title' => told($item->get_title()),
        'link' => told($item->get_link()),
        'description' => told($item->get_description(true)),
        'content' => $item->get_content(true),
        'category' => $item->get_category() ? told($item->get_category()->get_label()) : null,
        'author' => names($item->get_authors()),
        'enclosure' => ['url' => told($enclosure->link), 'length' => (string) $enclosure->length, 'type' => $enclosure->type],
        'duration' => $enclosure->get_duration(),
        'keywords' => $enclosure->get_keywords(),
    ];
}
echo json_encode([
    'title' => told($feed->get_title()),
    'link' => told($feed->get_link()),
    'description' => told($feed->get_description()),
    'language' => $feed->get_language(),
    'copyright' => told($feed->get_copyright()),
    'image' => $feed->get_image_url(),
    'author' => names($feed->get_authors()),
    'items' => $items,
]);
