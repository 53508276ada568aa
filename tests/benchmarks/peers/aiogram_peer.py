"""aiogram as documented: a router of states, RedisStorage, and SimpleRequestHandler on aiohttp.

The webhook is answered before the turn is done, which is SimpleRequestHandler's default.
"""

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from tests.benchmarks import form
from tests.benchmarks.peers.placement import SECRET, TOKEN, WEBHOOK_PATH, Placement

router = Router()


class Asked(StatesGroup):
    """The question that waits for its answer."""

    name = State()
    sector = State()
    city = State()
    staff = State()
    exported = State()
    product = State()


def _keyboard(options: dict[str, str]) -> InlineKeyboardMarkup:
    buttons = [InlineKeyboardButton(text=label, callback_data=value) for value, label in options.items()]
    return InlineKeyboardMarkup(inline_keyboard=[buttons])


SECTORS = _keyboard(form.SECTORS)
EXPORTED = _keyboard(form.EXPORTED)


@router.message(CommandStart())
async def start(message: Message, state: FSMContext) -> None:
    """Begin with the name."""
    await state.set_state(Asked.name)
    await message.answer(form.ASK_NAME)


@router.message(Asked.name)
async def take_name(message: Message, state: FSMContext) -> None:
    """Keep the name, ask for the sector."""
    await state.update_data(name=message.text)
    await state.set_state(Asked.sector)
    await message.answer(form.ASK_SECTOR, reply_markup=SECTORS)


@router.callback_query(Asked.sector)
async def take_sector(query: CallbackQuery, state: FSMContext) -> None:
    """Keep the sector, ask for the city."""
    assert query.message
    await query.answer()
    await state.update_data(sector=query.data)
    await state.set_state(Asked.city)
    await query.message.answer(form.ASK_CITY)


@router.message(Asked.city)
async def take_city(message: Message, state: FSMContext) -> None:
    """Keep the city, ask how many work there."""
    await state.update_data(city=message.text)
    await state.set_state(Asked.staff)
    await message.answer(form.ASK_STAFF)


@router.message(Asked.staff)
async def take_staff(message: Message, state: FSMContext) -> None:
    """Keep how many work there, ask about exports."""
    await state.update_data(staff=message.text)
    await state.set_state(Asked.exported)
    await message.answer(form.ASK_EXPORTED, reply_markup=EXPORTED)


@router.callback_query(Asked.exported)
async def take_exported(query: CallbackQuery, state: FSMContext) -> None:
    """Keep whether they exported, ask for the product."""
    assert query.message
    await query.answer()
    await state.update_data(exported=query.data)
    await state.set_state(Asked.product)
    await query.message.answer(form.ASK_PRODUCT)


@router.message(Asked.product)
async def take_product(message: Message, state: FSMContext) -> None:
    """Keep the product and say thank you."""
    await state.update_data(product=message.text)
    await state.set_state(None)
    await message.answer(form.THANKS)


def main() -> None:
    """Serve until told to stop."""
    placement = Placement.from_command_line()
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(placement.api)))
    dispatcher = Dispatcher(storage=RedisStorage.from_url(placement.redis))
    dispatcher.include_router(router)
    application = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(application, path=WEBHOOK_PATH)
    setup_application(application, dispatcher, bot=bot)
    web.run_app(application, host="127.0.0.1", port=placement.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
