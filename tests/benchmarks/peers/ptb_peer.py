"""python-telegram-bot as documented: Application, ConversationHandler and a custom webhook, stock transport.

The conversation is kept in memory only, and updates are taken one by one: both are PTB's defaults.
"""

import asyncio
import hmac
from enum import Enum, auto
from typing import Any

from aiohttp import web
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)

from tests.benchmarks import form
from tests.benchmarks.peers.placement import SECRET, TOKEN, WEBHOOK_PATH, Placement


class Asked(Enum):
    """The question that waits for its answer."""

    NAME = auto()
    SECTOR = auto()
    CITY = auto()
    STAFF = auto()
    EXPORTED = auto()
    PRODUCT = auto()


def _keyboard(options: dict[str, str]) -> InlineKeyboardMarkup:
    buttons = [InlineKeyboardButton(label, callback_data=value) for value, label in options.items()]
    return InlineKeyboardMarkup([buttons])


SECTORS = _keyboard(form.SECTORS)
EXPORTED = _keyboard(form.EXPORTED)


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> Asked:
    """Begin with the name."""
    assert update.message
    await update.message.reply_text(form.ASK_NAME)
    return Asked.NAME


async def take_name(update: Update, context: ContextTypes.DEFAULT_TYPE) -> Asked:
    """Keep the name, ask for the sector."""
    assert update.message and context.user_data is not None
    context.user_data["name"] = update.message.text
    await update.message.reply_text(form.ASK_SECTOR, reply_markup=SECTORS)
    return Asked.SECTOR


async def take_sector(update: Update, context: ContextTypes.DEFAULT_TYPE) -> Asked:
    """Keep the sector, ask for the city."""
    assert update.callback_query and update.effective_chat and context.user_data is not None
    await update.callback_query.answer()
    context.user_data["sector"] = update.callback_query.data
    await update.effective_chat.send_message(form.ASK_CITY)
    return Asked.CITY


async def take_city(update: Update, context: ContextTypes.DEFAULT_TYPE) -> Asked:
    """Keep the city, ask how many work there."""
    assert update.message and context.user_data is not None
    context.user_data["city"] = update.message.text
    await update.message.reply_text(form.ASK_STAFF)
    return Asked.STAFF


async def take_staff(update: Update, context: ContextTypes.DEFAULT_TYPE) -> Asked:
    """Keep how many work there, ask about exports."""
    assert update.message and context.user_data is not None
    context.user_data["staff"] = update.message.text
    await update.message.reply_text(form.ASK_EXPORTED, reply_markup=EXPORTED)
    return Asked.EXPORTED


async def take_exported(update: Update, context: ContextTypes.DEFAULT_TYPE) -> Asked:
    """Keep whether they exported, ask for the product."""
    assert update.callback_query and update.effective_chat and context.user_data is not None
    await update.callback_query.answer()
    context.user_data["exported"] = update.callback_query.data
    await update.effective_chat.send_message(form.ASK_PRODUCT)
    return Asked.PRODUCT


async def take_product(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Keep the product and say thank you."""
    assert update.message and context.user_data is not None
    context.user_data["product"] = update.message.text
    await update.message.reply_text(form.THANKS)
    return ConversationHandler.END


def conversation() -> ConversationHandler[Any]:
    """The form."""
    typed = filters.TEXT & ~filters.COMMAND
    return ConversationHandler(
        entry_points=[CommandHandler("start", start)],
        states={
            Asked.NAME: [MessageHandler(typed, take_name)],
            Asked.SECTOR: [CallbackQueryHandler(take_sector)],
            Asked.CITY: [MessageHandler(typed, take_city)],
            Asked.STAFF: [MessageHandler(typed, take_staff)],
            Asked.EXPORTED: [CallbackQueryHandler(take_exported)],
            Asked.PRODUCT: [MessageHandler(typed, take_product)],
        },
        fallbacks=[CommandHandler("start", start)],
    )


async def serve(placement: Placement) -> None:
    """Take updates from the webhook into the application's queue, for ever."""
    application = Application.builder().token(TOKEN).base_url(f"{placement.api}/bot").updater(None).build()
    application.add_handler(conversation())

    async def take_update(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), SECRET):
            return web.Response(status=403)
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return web.Response()

    server = web.Application()
    server.router.add_post(WEBHOOK_PATH, take_update)
    runner = web.AppRunner(server, access_log=None)
    async with application:
        await application.start()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", placement.port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Placement.from_command_line()))
